"""Puts Dune back in stock."""

import asyncio
import os

import asyncpg
from dotenv import load_dotenv

load_dotenv()


async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    print("Connection established")

    await connection.execute("UPDATE books SET in_stock = $1 WHERE title = $2", True, "Dune")
    print("Updated stock status for 'Dune'.")
    await connection.close()


asyncio.run(main())
