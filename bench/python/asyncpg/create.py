"""Makes the books table, and puts four books into it."""

import asyncio
import os

import asyncpg
from dotenv import load_dotenv

load_dotenv()

INSERT = (
    "INSERT INTO books (title, author, publication_year, in_stock) VALUES ($1, $2, $3, $4)"
)


async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    print("Connection established")

    await connection.execute("DROP TABLE IF EXISTS books")
    print("Finished dropping table (if it existed).")

    await connection.execute(
        "CREATE TABLE books (id SERIAL PRIMARY KEY, title VARCHAR(255) NOT NULL,"
        " author VARCHAR(255), publication_year INT, in_stock BOOLEAN DEFAULT TRUE)"
    )
    print("Finished creating table.")

    await connection.execute(INSERT, "The Catcher in the Rye", "J.D. Salinger", 1951, True)
    print("Inserted a single book.")

    more = [
        ("The Hobbit", "J.R.R. Tolkien", 1937, True),
        ("1984", "George Orwell", 1949, True),
        ("Dune", "Frank Herbert", 1965, False),
    ]
    await connection.executemany(INSERT, more)
    print(f"Inserted {len(more)} rows of data.")
    await connection.close()


asyncio.run(main())
