import asyncio
import os
import sys

import asyncpg
from dotenv import load_dotenv

load_dotenv()


async def main():
    # Older versions of asyncpg do not know channel binding, and would ask the server about it.
    url = os.environ["DATABASE_URL"].replace("&channel_binding=require", "")
    # Without a cache: poolers of the older kind mix up the statements that programs prepare.
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        print("Connection established")

        status = await connection.execute(
            "UPDATE books SET in_stock = $1 WHERE title = $2", True, "Dune"
        )
        # For PostgreSQL, an update that changes no row is not an error.
        if status == "UPDATE 0":
            sys.exit("There is no book titled 'Dune'. Run 01-create first.")
        print("Updated stock status for 'Dune'.")
    finally:
        await connection.close()


asyncio.run(main())
