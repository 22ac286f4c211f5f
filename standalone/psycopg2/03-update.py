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
        cursor.execute("UPDATE books SET in_stock = %s WHERE title = %s", (True, "Dune"))
        # For PostgreSQL, an update that changes no row is not an error.
        if cursor.rowcount == 0:
            sys.exit("There is no book titled 'Dune'. Run 01-create first.")
        print("Updated stock status for 'Dune'.")
