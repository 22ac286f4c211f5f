import type { Database } from "../../drivers/driver.ts";
import { readScratchName } from "./scratch.ts";

/** Something on a server that outlives a scratch database. */
export interface Lasting {
  /** Such as "role editor". */
  readonly name: string;
  /** What it is like: of a setting, its value. */
  readonly value: string;
  /** The names of what it belongs to, and goes with. */
  readonly of: readonly string[];
}

/** An SQL expression: may the role read the settings that ALTER SYSTEM writes? */
export const readsConfiguration = "has_table_privilege('pg_file_settings', 'SELECT')";

/**
 * List what outlives a scratch database, and may be a step's work: all that this role can make, whoever owns it.
 * @param isReader true if the role may read the server's configuration
 */
export async function lastingThings(db: Database, isReader: boolean): Promise<readonly Lasting[]> {
  const { rows } = await db.query<{ name: string; value: string; of: string[] }>(`
    WITH me AS (SELECT rolsuper, rolreplication,
        rolcreaterole AND current_setting('server_version_num')::int < 160000 AS has_all
      FROM pg_roles WHERE rolname = current_user),
    own_roles AS (SELECT r.oid, 'role ' || rolname AS name
      FROM pg_roles r, me WHERE has_all OR pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') OR rolname = current_user),
    own_databases AS (SELECT oid, 'database ' || datname AS name
      FROM pg_database WHERE pg_has_role(datdba, 'MEMBER'))
    SELECT name, '' AS value, '{}'::text[] AS of FROM own_databases
    UNION ALL SELECT name, '', '{}' FROM own_roles
    UNION ALL SELECT concat(member.name, ' as a member of ', g.name), '', ARRAY[member.name, g.name]
      FROM pg_auth_members m JOIN own_roles g ON g.oid = m.roleid,
        LATERAL (SELECT 'role ' || pg_get_userbyid(m.member) AS name) AS member
    UNION ALL SELECT concat('setting ', split_part(setting, '=', 1), ' of ', concat_ws(' in ', r.name, d.name)),
        setting, array_remove(ARRAY[r.name, d.name], NULL)
      FROM pg_db_role_setting s LEFT JOIN own_roles r ON r.oid = setrole
        LEFT JOIN own_databases d ON d.oid = setdatabase, unnest(setconfig) AS setting
      WHERE (setrole = 0 OR r.oid IS NOT NULL) AND (setdatabase = 0 OR d.oid IS NOT NULL)
    UNION ALL SELECT 'tablespace ' || spcname, '', '{}'
      FROM pg_tablespace WHERE pg_has_role(spcowner, 'MEMBER')
    UNION ALL SELECT 'replication slot ' || slot_name, '', array_remove(ARRAY['database ' || database], NULL)
      FROM pg_replication_slots, me WHERE NOT temporary AND (rolreplication OR rolsuper)
    UNION ALL SELECT 'replication origin ' || roname, '', '{}' FROM pg_replication_origin
      WHERE has_function_privilege('pg_replication_origin_create(text)', 'EXECUTE')
    UNION ALL SELECT 'prepared transaction ' || gid, '', ARRAY['database ' || database]
      FROM pg_prepared_xacts WHERE pg_has_role(owner, 'MEMBER')
    ${isReader ? systemSettings : ""}
    ORDER BY name`);
  return rows;
}

const systemSettings = `
    UNION ALL SELECT concat('setting ', name, ' of the server'), setting, '{}'
      FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf'`;

/** @returns the names of what there was not before: neither what goes with it, nor what is in a scratch database */
export function addedTo(before: readonly Lasting[], after: readonly Lasting[]): readonly string[] {
  const keyOf = ({ name, value }: Lasting) => JSON.stringify([name, value]);
  const known = new Set(before.map(keyOf));
  const added = after.filter((one) => !known.has(keyOf(one)));
  const names = new Set(added.map(({ name }) => name));
  return added
    .filter(({ name, of }) => ![name, ...of].some(isScratch) && !of.some((one) => names.has(one)))
    .map(({ name }) => name);
}

function isScratch(name: string): boolean {
  return readScratchName(name.replace(/^(?:database|role) /, "")) !== undefined;
}
