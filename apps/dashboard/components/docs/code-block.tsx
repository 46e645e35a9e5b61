import { CopyButton } from '@/components/copy-button';
import type { CodePiece } from '@/lib/docs/document';

interface CodeBlockProps {
  code: string;
  language: string;
  /** Null where nobody knows the colours. */
  lines: readonly (readonly CodePiece[])[] | null;
  /** What it stands under: its name for those who do not see it. */
  heading: string;
}

/** A block of code that scrolls inside its own box, with a button that copies all of it. */
export function CodeBlock({ code, language, lines, heading }: CodeBlockProps) {
  return (
    <div className="relative my-6 rounded-lg border bg-card">
      <pre
        role="region"
        aria-label={`Code: ${heading}`}
        tabIndex={0}
        className="overflow-x-auto rounded-lg p-4 pr-14 text-[0.8125rem] leading-6 outline-none focus-visible:ring-[3px] focus-visible:ring-ring/40"
      >
        <code className="font-mono" data-language={language}>
          {(lines ?? toPlainLines(code)).map((line, row) => (
            <span key={row}>
              {line.map(({ text, className }, column) =>
                className === null ? (
                  text
                ) : (
                  <span key={column} className={className}>
                    {text}
                  </span>
                ),
              )}
              {'\n'}
            </span>
          ))}
        </code>
      </pre>
      <div className="absolute top-2 right-2">
        <CopyButton compact text={code} label="Copy this code" />
      </div>
    </div>
  );
}

function toPlainLines(code: string): CodePiece[][] {
  return code.split('\n').map((text) => [{ text, className: null }]);
}
