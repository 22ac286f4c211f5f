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

        async with connection.transaction():
            await connection.execute("DROP TABLE IF EXISTS books")  # yours, too, if you have one
            print("Finished dropping table (if it existed).")

            await connection.execute("""CREATE TABLE books (
                id SERIAL PRIMARY KEY,
                title VARCHAR(255) NOT NULL,
                author VARCHAR(255),
                publication_year INT,
                in_stock BOOLEAN DEFAULT TRUE
            )""")
            print("Finished creating table.")

            insert = (
                "INSERT INTO books (title, author, publication_year, in_stock)"
                " VALUES ($1, $2, $3, $4)"
            )
            await connection.execute(insert, "The Catcher in the Rye", "J.D. Salinger", 1951, True)
            print("Inserted a single book.")
            more = [
                ("The Hobbit", "J.R.R. Tolkien", 1937, True),
                ("1984", "George Orwell", 1949, True),
                ("Dune", "Frank Herbert", 1965, False),
            ]
            await connection.executemany(insert, more)
            print(f"Inserted {len(more)} rows of data.")
    finally:
        await connection.close()


asyncio.run(main())
