/** `reconnecting` until the server is back by itself, `offline` while this machine has no network at all. */
export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'offline';

export type StreamListeners = {
  /** By event name; `data` is the event's parsed JSON, or undefined where it carries none. */
  events: Record<string, (data: unknown) => void>;
  /** Each time the stream opens: whatever changed while it was not open has to be fetched. */
  onOpen: () => void;
  onState: (state: StreamState) => void;
  /** The server refused the stream, for an ended session perhaps; it is tried again all the same. */
  onRefused: () => void;
};

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/**
 * Listens to the server's events until the function that it returns is called. Retries for ever: at once when
 * the network comes back, else after one second, doubling to thirty.
 */
export function listen(url: string, listeners: StreamListeners): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_RETRY_MS;

  function open(): void {
    close();
    source = new EventSource(url);
    source.onopen = () => {
      wait = FIRST_RETRY_MS;
      listeners.onState('live');
      listeners.onOpen();
    };
    source.onerror = onError;
    for (const [name, handle] of Object.entries(listeners.events))
      source.addEventListener(name, ({ data }: MessageEvent<string>) => handle(parsed(data)));
  }

  // A browser retries a lost connection by itself, but gives up on one that was answered with an error.
  function onError(): void {
    listeners.onState(navigator.onLine ? 'reconnecting' : 'offline');
    if (source?.readyState !== EventSource.CLOSED) return;
    listeners.onRefused();
    clearTimeout(timer);
    timer = setTimeout(open, wait);
    wait = Math.min(wait * 2, LAST_RETRY_MS);
  }

  function close(): void {
    clearTimeout(timer);
    source?.close();
  }

  const onOffline = () => listeners.onState('offline');
  window.addEventListener('online', open);
  window.addEventListener('offline', onOffline);
  open();
  return () => {
    window.removeEventListener('online', open);
    window.removeEventListener('offline', onOffline);
    close();
  };
}

function parsed(data: string): unknown {
  return data ? JSON.parse(data) : undefined;
}
