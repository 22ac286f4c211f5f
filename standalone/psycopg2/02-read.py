import os
from contextlib import closing

import psycopg2
from dotenv import load_dotenv

load_dotenv()

# closing() closes the connection; the connection itself, in "with", commits or rolls back.
with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
    print("Connection established")

    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, title, author, publication_year, in_stock"
            " FROM books ORDER BY publication_year"
        )
        print("\n--- Book Library ---")
        for id, title, author, year, in_stock in cursor:
            print(
                f"ID: {id}, Title: {title}, Author: {author},"
                f" Year: {year}, In Stock: {in_stock}"
            )
        print("--------------------\n")
