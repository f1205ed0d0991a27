import type { Standalone } from './standalone.js';

/** What `/messages` says of one event, or of a message refused at intake. */
export interface Row {
  readonly eventId: string | null;
  readonly controlId: string;
  readonly state: string;
  readonly reason?: string;
}

/** Everything `/messages` has, page after page. */
export async function everyRow(standalone: Pick<Standalone, 'request'>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let path: string | undefined = '/messages?_count=500'; path !== undefined;) {
    const response = await standalone.request(path, { role: 'clinician' });
    rows.push(...((await response.json()) as Row[]));
    path = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    if (path?.startsWith('http')) path = path.slice(new URL(path).origin.length);
  }
  return rows;
}
