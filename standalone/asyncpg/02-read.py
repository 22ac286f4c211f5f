import asyncio
import os

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

        books = await connection.fetch(
            "SELECT id, title, author, publication_year, in_stock"
            " FROM books ORDER BY publication_year"
        )
        print("\n--- Book Library ---")
        for id, title, author, year, in_stock in books:
            print(
                f"ID: {id}, Title: {title}, Author: {author},"
                f" Year: {year}, In Stock: {in_stock}"
            )
        print("--------------------\n")
    finally:
        await connection.close()


asyncio.run(main())
