import "dotenv/config";
import { Client, neonConfig } from "@neondatabase/serverless";
import ws from "ws";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// Node.js would show the whole text, with the password.
if (!URL.canParse(url)) throw new Error("DATABASE_URL is not a URL. In a password, # is %23.");
neonConfig.webSocketConstructor = ws; // Node.js before version 22 has no WebSocket of its own

export async function connect() {
  const client = new Client(url);
  await client.connect();
  return client;
}
