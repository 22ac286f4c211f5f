"""Deletes the book 1984."""

import os

import psycopg2
from dotenv import load_dotenv

load_dotenv()

connection = psycopg2.connect(os.environ["DATABASE_URL"])
with connection, connection.cursor() as cursor:
    print("Connection established")

    cursor.execute("DELETE FROM books WHERE title = %s", ("1984",))
    print("Deleted the book '1984' from the table.")
connection.close()
