import os
from contextlib import closing

import psycopg2
from dotenv import load_dotenv

load_dotenv()

# closing() closes the connection; the connection itself, in "with", commits or rolls back.
with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
    print("Connection established")

    with connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS books")  # yours, too, if you have one
        print("Finished dropping table (if it existed).")

        cursor.execute("""
            CREATE TABLE books (
                id SERIAL PRIMARY KEY,
                title VARCHAR(255) NOT NULL,
                author VARCHAR(255),
                publication_year INT,
                in_stock BOOLEAN DEFAULT TRUE
            )
        """)
        print("Finished creating table.")

        insert = (
            "INSERT INTO books (title, author, publication_year, in_stock)"
            " VALUES (%s, %s, %s, %s)"
        )
        cursor.execute(insert, ("The Catcher in the Rye", "J.D. Salinger", 1951, True))
        print("Inserted a single book.")
        more = [
            ("The Hobbit", "J.R.R. Tolkien", 1937, True),
            ("1984", "George Orwell", 1949, True),
            ("Dune", "Frank Herbert", 1965, False),
        ]
        cursor.executemany(insert, more)
        print(f"Inserted {len(more)} rows of data.")
