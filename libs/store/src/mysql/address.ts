/** Where the server is, in the words of its driver. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Then nothing is sent to a server whose certificate does not lead to that authority, or is not in its name. */
  readonly ssl?: { readonly ca: string; readonly rejectUnauthorized: true; readonly verifyIdentity: true };
}

const portDefault = 3306;

/** Reads DATABASE_URL, and the authority (PEM) that the server's certificate has to lead to. Its message names the setting and never the URL, which holds a password. */
export function parseAddress(databaseUrl: string, tlsCa?: string): Address {
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
    ...(tlsCa !== undefined && { ssl: { ca: tlsCa, rejectUnauthorized: true, verifyIdentity: true } }),
  };
}
