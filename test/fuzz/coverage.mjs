import inspector from 'node:inspector';

/** What ran since the last question: V8's own block coverage of the scripts whose address contains `part`. */
export class Coverage {
  #session = new inspector.Session();
  #part;

  constructor(part) {
    this.#part = part;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** One name for each block and order of magnitude of its count, as a loop that turns more often is news as well, up to 16. */
  take() {
    const names = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error) throw error;
      for (const { url, functions } of result) {
        if (!url.includes(this.#part)) continue;
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0)
              names.push(`${url}:${startOffset}-${endOffset}:${Math.min(4, Math.floor(Math.log2(count)))}`);
      }
    });
    return names;
  }
}
