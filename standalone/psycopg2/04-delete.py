import os
import sys
from contextlib import closing

import psycopg2
from dotenv import load_dotenv

load_dotenv()

# closing() closes the connection; the connection itself, in "with", commits or rolls back.
with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
    print("Connection established")

    with connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM books WHERE title = %s", ("1984",))
        if cursor.rowcount == 0:
            sys.exit("There is no book titled '1984'. Run 01-create first.")
        print("Deleted the book '1984' from the table.")
