/** The product's HTTP API, as staff of a hospital and as its operator. */
export class Fhir {
  constructor({ http, tokens }) {
    this.baseUrl = http.baseUrl;
    this.tokens = tokens;
  }

  async get(path, role = 'clinician') {
    return this.#read(await fetch(this.baseUrl + path, { headers: this.#headers(role) }), path);
  }

  async post(path, body) {
    const headers = { ...this.#headers('admin'), 'content-type': 'application/json' };
    return this.#read(await fetch(this.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) }), path);
  }

  /** The resources of a search or a history, without what it includes. */
  async resources(path) {
    const { entry = [] } = await this.get(path);
    return entry.filter(({ search }) => (search?.mode ?? 'match') === 'match').map(({ resource }) => resource);
  }

  #headers(role) {
    // A kept connection may be closed by a busy server in the moment in which it is used again.
    return { authorization: `Bearer ${this.tokens[role]}`, connection: 'close' };
  }

  async #read(response, path) {
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
