"""Prints all books, in the order of their years."""

import os

import psycopg2
from dotenv import load_dotenv

load_dotenv()

connection = psycopg2.connect(os.environ["DATABASE_URL"])
with connection, connection.cursor() as cursor:
    print("Connection established")

    cursor.execute("SELECT * FROM books ORDER BY publication_year")
    print("\n--- Book Library ---")
    for number, title, author, year, in_stock in cursor.fetchall():
        print(f"ID: {number}, Title: {title}, Author: {author}, Year: {year}, In Stock: {in_stock}")
    print("--------------------\n")
connection.close()
