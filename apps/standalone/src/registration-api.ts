export interface RegistrationApi {
  readonly baseUrl: string;
  /** The admin's. */
  readonly token: string;
}

/** Statuses that mean "it is so already". */
const conflict = 409;

/** Asks registration for something as an operator would. Throws for every answer but success and "exists already". */
export async function post(api: RegistrationApi, path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' };
  const response = await fetch(`${api.baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok && response.status !== conflict) throw new Error(`POST ${path}: ${response.status} ${text}`);
}

export async function getText(api: RegistrationApi, path: string): Promise<string> {
  const response = await fetch(`${api.baseUrl}${path}`, { headers: { authorization: `Bearer ${api.token}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
  return text;
}
