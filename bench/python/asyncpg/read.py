"""Prints all books, in the order of their years."""

import asyncio
import os

import asyncpg
from dotenv import load_dotenv

load_dotenv()


async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    print("Connection established")

    books = await connection.fetch("SELECT * FROM books ORDER BY publication_year")
    print("\n--- Book Library ---")
    for number, title, author, year, in_stock in books:
        print(f"ID: {number}, Title: {title}, Author: {author}, Year: {year}, In Stock: {in_stock}")
    print("--------------------\n")
    await connection.close()


asyncio.run(main())
