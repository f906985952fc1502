import { describe, expect, it } from 'vitest';

const { html, trusted } = await import(
  new URL('../../../../examples/project-report/markup.js', import.meta.url).href
);

describe('html', () => {
  it('escapes whatever is put in, in text and in attributes', () => {
    expect(String(html`<p title="${`"'&<>`}">${'<script>alert(1)</script>'}</p>`)).toBe(
      '<p title="&quot;&#39;&amp;&lt;&gt;">&lt;script&gt;alert(1)&lt;/script&gt;</p>',
    );
  });

  it('leaves markup as it is, joins lists and leaves out what is not there', () => {
    const items = ['<a>', '<b>'].map((name) => html`<li>${name}</li>`);
    expect(String(html`<ul>${items}</ul>${null}${undefined}${false}${0}${trusted('<br>')}`)).toBe(
      '<ul><li>&lt;a&gt;</li><li>&lt;b&gt;</li></ul>0<br>',
    );
  });

  it('shows control characters, changes of direction and halves of characters as unknown', () => {
    expect(String(html`${'a\u0000\n\u001b[31m\u202ecod.exe\ud800'}`)).toBe(
      'a\ufffd\ufffd\ufffd[31m\ufffdcod.exe\ufffd',
    );
    expect(String(html`${'größe 🎈'}`)).toBe('größe 🎈');
  });
});
