export interface RegistrationApi {
  readonly baseUrl: string;
  /** The admin's. */
  readonly token: string;
}

/** "It is so already." */
const conflict = 409;

/** Asks registration for something as an operator would. Throws for every answer but success and "exists already". */
export async function post(api: RegistrationApi, path: string, body: object): Promise<void> {
  await call(api, 'POST', { path, body });
}

export async function patch(api: RegistrationApi, path: string, body: object): Promise<void> {
  await call(api, 'PATCH', { path, body });
}

export async function getText(api: RegistrationApi, path: string): Promise<string> {
  return call(api, 'GET', { path });
}

async function call(api: RegistrationApi, method: string, request: { path: string; body?: object }): Promise<string> {
  const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' };
  const content = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const response = await fetch(`${api.baseUrl}${request.path}`, { method, headers, ...content });
  const text = await response.text();
  if (!response.ok && response.status !== conflict)
    throw new Error(`${method} ${request.path}: ${response.status} ${text}`);
  return text;
}
