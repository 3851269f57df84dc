/** The style sheet of `htmlDocument`, one for all its pages. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f5f2; --glow: #e7e4fb; --glow-warm: #fbeadb;
  --card: #ffffff; --line: #e3e0da; --field-line: #8b8795;
  --ink: #1c1a27; --soft: #5a5668;
  --accent: #4338ca; --accent-strong: #362da6; --on-accent: #ffffff; --tint: #ecebfd;
  --bad: #b3261e; --bad-tint: #fdefed;
  --shadow: 0 1px 2px rgb(28 26 39 / .05), 0 18px 44px -18px rgb(28 26 39 / .22);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12111a; --glow: #262150; --glow-warm: #33232a;
    --card: #1c1a27; --line: #35323f; --field-line: #807c90;
    --ink: #f3f1f9; --soft: #b6b1c5;
    --accent: #b3adff; --accent-strong: #cbc6ff; --on-accent: #1a1638; --tint: #2a2650;
    --bad: #ffb3ab; --bad-tint: #3a1f20;
    --shadow: 0 1px 2px rgb(0 0 0 / .4), 0 18px 44px -18px rgb(0 0 0 / .7);
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh;
  display: flex; flex-direction: column;
  padding: clamp(1.25rem, 4vw, 2.5rem) clamp(1rem, 5vw, 3rem);
  color: var(--ink);
  background: radial-gradient(60rem 40rem at 8% -10%, var(--glow), transparent 70%),
    radial-gradient(50rem 36rem at 105% 110%, var(--glow-warm), transparent 70%), var(--page);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif;
}
.brand { margin: 0 auto; width: 100%; max-width: 66rem; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
.brand:has(+ main > .notice) { text-align: center; }
main { margin: auto; width: 100%; max-width: 66rem; padding: clamp(1.75rem, 6vh, 4rem) 0; }
h1 {
  margin: 0; font-size: clamp(2rem, 1.35rem + 2.9vw, 3.25rem); line-height: 1.1;
  font-weight: 720; letter-spacing: -.028em; text-wrap: balance; overflow-wrap: anywhere;
}
p { margin: 0; text-wrap: pretty; overflow-wrap: anywhere; }
p + p { margin-top: .9em; }
.lead { color: var(--soft); font-size: clamp(1.0625rem, 1rem + .4vw, 1.25rem); margin-top: 1.1rem; max-width: 34em; }
.split { display: grid; gap: clamp(1.75rem, 5vw, 4.5rem); align-items: center; }
@media (min-width: 56rem) { .split { grid-template-columns: minmax(0, 1.15fr) minmax(22rem, 1fr); } }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 1.125rem; box-shadow: var(--shadow);
  padding: clamp(1.375rem, 4vw, 2.25rem);
}
.notice { max-width: 36rem; margin-inline: auto; text-align: center; padding-block: clamp(2rem, 6vw, 3rem); }
.notice h1 { font-size: clamp(1.625rem, 1.3rem + 1.5vw, 2.25rem); }
.notice .lead { margin-inline: auto; font-size: 1.0625rem; }
.notice p { text-wrap: balance; }
.notice form { display: flex; flex-wrap: wrap; justify-content: center; gap: .75rem; margin-top: 1.75rem; }
.mark {
  display: grid; place-items: center; width: 3.5rem; height: 3.5rem; margin: 0 auto 1.375rem;
  border-radius: 50%; background: var(--tint); color: var(--accent);
}
.mark svg { width: 1.75rem; height: 1.75rem; }
.kicker { margin-bottom: .625rem; color: var(--accent); font-size: .9375rem; font-weight: 600; text-wrap: balance; }
.field + .field { margin-top: 1.125rem; }
label { display: block; margin-bottom: .375rem; font-weight: 600; font-size: .9375rem; }
label .optional { font-weight: 400; color: var(--soft); }
input {
  display: block; width: 100%; min-height: 3rem; padding: .625rem .875rem;
  font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--field-line); border-radius: .625rem;
}
input:hover { border-color: var(--accent); }
input[aria-invalid="true"] { border-color: var(--bad); border-width: 2px; padding: calc(.625rem - 1px) calc(.875rem - 1px); }
.problem { display: flex; gap: .4em; margin-top: .4375rem; color: var(--bad); font-size: .9375rem; font-weight: 550; }
.problem::before { content: "!"; flex: none; width: 1.25em; height: 1.25em; margin-top: .15em; border-radius: 50%;
  display: grid; place-items: center; background: var(--bad); color: var(--card); font-size: .8em; font-weight: 700; }
.summary { margin-bottom: 1.5rem; padding: .9375rem 1.125rem; border-radius: .75rem;
  border: 1px solid var(--bad); background: var(--bad-tint); }
.summary h2 { margin: 0; font-size: 1rem; }
.summary ul { margin: .375rem 0 0; padding-left: 1.2em; }
.summary a { color: var(--bad); }
button {
  width: 100%; min-height: 3.125rem; margin-top: 1.5rem; padding: .6875rem 1.25rem; cursor: pointer;
  font: inherit; font-weight: 650; color: var(--on-accent); background: var(--accent);
  border: 1px solid transparent; border-radius: .625rem; transition: background-color .15s;
}
button:hover { background: var(--accent-strong); }
.notice button { width: auto; min-width: 12rem; margin-top: 0; }
button.quiet { color: var(--accent); background: transparent; border-color: var(--field-line); }
button.quiet:hover { border-color: var(--accent); background: var(--tint); }
.small { margin-top: 1rem; color: var(--soft); font-size: .875rem; text-align: center; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.away { position: absolute; left: -100vw; width: 1px; height: 1px; overflow: hidden; }
@media (prefers-reduced-motion: reduce) { * { transition: none; } }
@media (forced-colors: active) { .card, button { border-color: CanvasText; } }
`;
