"""Deletes the book 1984."""

import asyncio
import os

import asyncpg
from dotenv import load_dotenv

load_dotenv()


async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    print("Connection established")

    await connection.execute("DELETE FROM books WHERE title = $1", "1984")
    print("Deleted the book '1984' from the table.")
    await connection.close()


asyncio.run(main())
