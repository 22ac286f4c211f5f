"""Puts Dune back in stock."""

import os

import psycopg2
from dotenv import load_dotenv

load_dotenv()

connection = psycopg2.connect(os.environ["DATABASE_URL"])
with connection, connection.cursor() as cursor:
    print("Connection established")

    cursor.execute("UPDATE books SET in_stock = %s WHERE title = %s", (True, "Dune"))
    print("Updated stock status for 'Dune'.")
connection.close()
