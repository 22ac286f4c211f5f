import "dotenv/config";
import pg from "pg";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// pg verifies the certificate for "require", too, but warns that this will change.
const connectionString = url.replace("sslmode=require", "sslmode=verify-full");
const client = new pg.Client({ connectionString });

// The same as 04-delete.ts, with pg's callbacks: each answer arrives in a function, its error first.
client.connect((error: Error | null) => {
  if (error) return finish(error);
  console.log("Connection established");

  client.query("DELETE FROM books WHERE title = $1", ["1984"], (error, result) => {
    if (error) return finish(error);
    if (result.rowCount === 0) {
      return finish(new Error("There is no book titled '1984'. Run 01-create first."));
    }
    console.log("Deleted the book '1984' from the table.");
    finish();
  });
});

function finish(error?: Error): void {
  if (error) {
    console.error(error);
    process.exitCode = 1;
  }
  client.end(() => {});
}
