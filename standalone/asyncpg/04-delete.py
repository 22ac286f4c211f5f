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

        status = await connection.execute("DELETE FROM books WHERE title = $1", "1984")
        if status == "DELETE 0":
            sys.exit("There is no book titled '1984'. Run 01-create first.")
        print("Deleted the book '1984' from the table.")
    finally:
        await connection.close()


asyncio.run(main())
