// What the benchmarks use of it; it brings no types of its own.
declare module 'autocannon' {
  type Request = { method: string; path: string; body?: string };
  type Options = {
    url: string;
    connections: number;
    /** Requests in all. */
    amount: number;
    /** Seconds. */
    timeout: number;
    /** How often it looks whether it is done, in milliseconds. */
    sampleInt: number;
    headers: Record<string, string>;
    requests: (Request & { setupRequest: (request: Request) => Request })[];
  };
  type Result = {
    /** Seconds. */
    duration: number;
    errors: number;
    non2xx: number;
    /** Milliseconds. */
    latency: { p50: number; p99: number };
  };
  export default function autocannon(options: Options): Promise<Result>;
}
