import "dotenv/config";
import { Client, neonConfig } from "@neondatabase/serverless";
import ws from "ws";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
neonConfig.webSocketConstructor = ws; // Node.js before version 22 has no WebSocket of its own
const client = new Client(url);

try {
  await client.connect();
  console.log("Connection established");

  const { rowCount } = await client.query("DELETE FROM books WHERE title = $1", ["1984"]);
  if (rowCount === 0) throw new Error("There is no book titled '1984'. Run 01-create first.");
  console.log("Deleted the book '1984' from the table.");
} finally {
  await client.end();
}
