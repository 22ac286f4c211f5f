import { randomBytes } from "node:crypto";
import type { Database } from "../../drivers/driver.ts";
import { Failure } from "../common/failure.ts";
import { hidePassword } from "../common/secrets.ts";
import { joinUri, splitUri } from "../connection/connection-uri.ts";
import { DatabaseError } from "../connection/errors.ts";
import { thisProcess } from "../workspace/workspace.ts";
import { connected } from "./connected.ts";
import { heartbeatOf } from "./heartbeat.ts";
import type { Pool } from "./pool.ts";
import {
  dropAll,
  dropScratch,
  type OpenIn,
  quoteIdentifier,
  quoteLiteral,
  scratchName,
} from "./scratch.ts";

/** A role that only the steps of one run use: they have neither the reader's rights nor the reader's password. */
export interface StepsRole {
  readonly name: string;
  /** Of the server, with the role's password. */
  readonly url: string;
  /** False if the server does not let it in as it would let in a step: pg_hba.conf, or a pooler, may not know it. */
  readonly mayLogIn: Promise<boolean>;
}

/** An SQL expression: may the role be able to make one of its own for the steps? */
export const mayMakeRoles =
  "(SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user)";

/** An SQL expression: does CREATEROLE leave the roles alone that another role has made? */
export const ownRolesOnly = "current_setting('server_version_num')::int >= 160000";

/**
 * Makes a role that can only log in, and create databases, or roles, too. A login, which takes longer than all else, is tried
 * while databases are made.
 * @param url of the reader
 * @param right from version 16 on, it reaches only the roles that this one makes
 * @returns undefined where the server refuses it
 */
export async function makeStepsRole(
  url: string,
  { withConnection }: Pool,
  right: "" | "CREATEROLE" = "",
): Promise<StepsRole | undefined> {
  const name = scratchName("role", thisProcess());
  const password = randomBytes(18).toString("base64url");
  const made = withConnection((db) => db.query(creation(name, password, right)));
  if (!(await made.catch(() => undefined))) return undefined;
  hidePassword(password, [name]);
  const uri = splitUri(url);
  const parameters = [...uri.parameters].filter(([key]) => !/^user$|password/i.test(key));
  const own = joinUri({ ...uri, user: name, password, parameters: new Map(parameters) });
  const isOpen = () => withConnection((db) => isOpenTo(db, name));
  return { name, url: own, mayLogIn: canLogIn(own, name, isOpen).catch(() => false) };
}

/** Only what has the role's rights can drop its databases. A superuser has, and from version 16 on, who made it may take them. */
function creation(name: string, password: string, right: string): string {
  const role = quoteIdentifier(name);
  const usesOwn = right && `ALTER ROLE ${role} SET createrole_self_grant = 'set, inherit';`;
  return `DO $$ BEGIN
    CREATE ROLE ${role} LOGIN CREATEDB ${right} PASSWORD ${quoteLiteral(password)};
    ${usesOwn}
    IF NOT pg_has_role(${quoteLiteral(name)}, 'USAGE') THEN
      EXECUTE concat('GRANT ${role} TO CURRENT_USER', CASE
        WHEN ${ownRolesOnly} THEN ' WITH INHERIT TRUE, SET TRUE' END);
    END IF;
    IF NOT pg_has_role(${quoteLiteral(name)}, 'USAGE') THEN RAISE 'not inherited'; END IF;
  END $$; ${heartbeatOf("ROLE", name)}`;
}

/** @param isOpen asks whether the role may connect to the reader's own database: elsewhere, steps may */
async function canLogIn(
  url: string,
  name: string,
  isOpen: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const user = await connected(url, (db) => db.query("SELECT session_user::text AS name"));
    return user.rows[0]?.name === name; // a pooler may have a role of its own for everyone
  } catch (error) {
    const cause = error instanceof Failure && error.cause;
    const isDenied = cause instanceof DatabaseError && cause.code === "42501";
    return isDenied && !(await isOpen());
  }
}

async function isOpenTo(db: Database, role: string): Promise<boolean> {
  const { rows } = await db.query(
    "SELECT has_database_privilege($1::text, current_database(), 'CONNECT') AS may_connect",
    [role],
  );
  return rows[0]?.may_connect === true;
}

/** The role of a run's steps, and the roles that the steps made: it has ADMIN OPTION on those, and on no others. */
const rolesOf = (name: string) =>
  `SELECT oid FROM pg_roles WHERE rolname = ${quoteLiteral(name)}
   UNION SELECT roleid FROM pg_auth_members JOIN pg_roles r ON r.oid = member
   WHERE admin_option AND rolname = ${quoteLiteral(name)}`;

/**
 * Drops the role of a run's steps, with the databases and the roles that they made.
 * @throws Failure of kind "cleanup" where something else is left that belongs to it; DatabaseError
 */
export async function dropStepsRole(db: Database, name: string, openIn: OpenIn): Promise<void> {
  const drop = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usesysid IN (${rolesOf(name)});
    DO $$ DECLARE one text; BEGIN
      FOR one IN SELECT pg_get_userbyid(oid) FROM (${rolesOf(name)}) AS own ORDER BY pg_get_userbyid(oid) = ${quoteLiteral(name)} LOOP
        EXECUTE format('DROP ROLE %I', one);
      END LOOP;
    END $$`;
  try {
    await db.query(drop);
    return;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "2BP01") throw error;
  }
  const { rows } = await db.query<{ name: string; is_own: boolean }>(
    `SELECT d.datname AS name, bool_or(d.datdba = r.oid) AS is_own
     FROM (${rolesOf(name)}) AS r JOIN pg_database d ON d.datdba = r.oid
       OR EXISTS (SELECT FROM pg_shdepend s WHERE s.refobjid = r.oid AND s.dbid = d.oid)
     GROUP BY d.datname`,
  );
  const own = rows.filter((row) => row.is_own);
  await dropAll(
    own.map((row) => row.name),
    (one) => dropScratch(db, one, openIn),
  );
  const [other] = rows.filter((row) => !row.is_own);
  if (other) throw notDropped(name, other.name);
  await db.query(drop);
}

function notDropped(role: string, database: string): Failure {
  return new Failure(
    "cleanup",
    `Not removed: the role ${role}, in which the steps ran. They have made something in the database ${database}. Drop it there, and then the role: DROP OWNED BY ${role}; DROP ROLE ${role}.`,
  );
}
