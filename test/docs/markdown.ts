/** A fenced block of a Markdown document. */
export interface Block {
  readonly language: string;
  readonly content: string;
  /** The heading above it. */
  readonly under: string;
}

const HEADING_OR_BLOCK = /^#+ (?<heading>[^\n]+)$|^```(?<language>\w+)\n(?<content>.*?)^```$/gms;

/** The fenced blocks of a document, in order. */
export function fencedBlocks(markdown: string): readonly Block[] {
  let under = '';
  const blocks: Block[] = [];
  for (const { groups } of markdown.matchAll(HEADING_OR_BLOCK)) {
    if (groups?.heading !== undefined) under = groups.heading;
    else blocks.push({ language: groups?.language ?? '', content: groups?.content ?? '', under });
  }
  return blocks;
}

/** Each block of a language with the `text` block right after it, which shows what comes of it; `null` where there is none. */
export function shownWith(
  blocks: readonly Block[],
  language: string,
): readonly { readonly block: Block; readonly shown: string | null }[] {
  return blocks.flatMap((block, index) => {
    if (block.language !== language) return [];
    const next = blocks[index + 1];
    return [{ block, shown: next?.language === 'text' ? next.content : null }];
  });
}
