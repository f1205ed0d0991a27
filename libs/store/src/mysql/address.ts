/** Where the server is, in the words of its driver. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const portDefault = 3306;

/** Reads DATABASE_URL. Its message names the setting and never the URL, which holds a password. */
export function parseAddress(databaseUrl: string): Address {
  if (!URL.canParse(databaseUrl)) throw new Error('DATABASE_URL is no URL');
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const database = decodeURIComponent(pathname.slice(1));
  if (database === '') throw new Error('DATABASE_URL names no database');
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? portDefault : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database,
  };
}
