/** What a driver file is made of: a guide elsewhere finds it all at one address. */
export { type ConnectionAttempt, dial } from "../runner/connection/dial.ts";
export { asUnopened } from "../runner/connection/hand-over.ts";
export { type Answer, type Connection, openDatabase } from "./database.ts";
export type { Database, Driver, Parameter, Row, Statements } from "./driver.ts";
export { parsers } from "./values.ts";
