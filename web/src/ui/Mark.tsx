/** The product's sign. The name stands beside it, so that it says nothing by itself. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#4338ca" />
      <path d="M8 10.5h9.5M8 16h13M8 21.5h16" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}
