/** Injection tokens of the ports: `constructor(@Inject(EVENT_BUS) private readonly bus: EventBus)`, with `import type`. */
export const EVENT_BUS = Symbol('EVENT_BUS');
export const JOBS = Symbol('JOBS');
