/** An email in the look of the example company. All parts are HTML with Liquid in it. */
export type Letter = {
  /** The line that an inbox shows after the subject. */
  preview: string;
  heading: string;
  /** Blocks made by the functions below, in order. */
  body: string[];
  /** Why the reader gets this, as a sentence. */
  reason: string;
};

const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const SERIF = "font-family:Georgia,'Times New Roman',serif";

/**
 * The whole HTML of an email, written for the mail programs that there are: tables for the frame, styles inline
 * (Gmail drops what it does not know), one column that shrinks by itself, and a dark variant for those that ask.
 */
export function letter({ preview, heading, body, reason }: Letter): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${heading}</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background: #171310 !important; }
  .card { background: #221c18 !important; }
  .ink, .ink a { color: #f4ede6 !important; }
  .soft, .soft a { color: #b9aca0 !important; }
  .box { background: #2d2520 !important; border-color: #57483d !important; }
  .button { background: #e0a072 !important; color: #221c18 !important; }
}
@media (max-width: 480px) {
  .pad { padding-left: 24px !important; padding-right: 24px !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3ede4;">
<div style="display:none;max-height:0;overflow:hidden;">${preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" style="padding:32px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;">
<tr><td class="ink" align="center" style="padding:0 0 24px;${SERIF};font-size:20px;letter-spacing:0.04em;color:#2b211a;">Juniper Coffee</td></tr>
<tr><td class="card pad" style="padding:40px 44px 28px;background:#ffffff;border-radius:14px;">
<h1 class="ink" style="margin:0 0 20px;${SERIF};font-weight:normal;font-size:30px;line-height:1.2;color:#2b211a;">${heading}</h1>
${body.join('\n')}
</td></tr>
<tr><td class="soft pad" align="center" style="padding:24px 44px 0;${FONT};font-size:13px;line-height:1.6;color:#75685c;">
${reason} <a href="{{ unsubscribe_url }}" style="color:#75685c;text-decoration:underline;">Unsubscribe</a><br>
Juniper Coffee Roasters, 12 Example Street, Bristol
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

export function paragraph(content: string): string {
  return `<p class="ink" style="margin:0 0 18px;${FONT};font-size:16px;line-height:1.6;color:#2b211a;">${content}</p>`;
}

/** The one thing that the reader should do. */
export function button(label: string, url: string): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 26px;"><tr><td>
<a class="button" href="${url}" style="display:inline-block;padding:14px 26px;border-radius:8px;background:#7a3e1d;color:#ffffff;${FONT};font-size:16px;font-weight:bold;text-decoration:none;">${label}</a>
</td></tr></table>`;
}

/** A code to copy, with a line below it that says what it is worth. */
export function voucher(code: string, worth: string): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:6px 0 22px;"><tr>
<td class="box" align="center" style="padding:18px;border:1px dashed #c9a78c;border-radius:10px;background:#fbf5ee;">
<div class="ink" style="font-family:Menlo,Consolas,monospace;font-size:22px;letter-spacing:0.12em;color:#2b211a;">${code}</div>
<div class="soft" style="padding-top:6px;${FONT};font-size:14px;color:#75685c;">${worth}</div>
</td></tr></table>`;
}

export function bullets(items: string[]): string {
  const lines = items.map((item) => `<li style="margin:0 0 10px;">${item}</li>`);
  return `<ul class="ink" style="margin:0 0 18px;padding:0 0 0 20px;${FONT};font-size:16px;line-height:1.55;color:#2b211a;">
${lines.join('\n')}
</ul>`;
}

export function signature(name: string, role: string): string {
  return `<p class="ink" style="margin:26px 0 12px;${FONT};font-size:16px;line-height:1.5;color:#2b211a;">${name}<br><span class="soft" style="color:#75685c;">${role}</span></p>`;
}
