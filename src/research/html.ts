/** Tables and sections for the page of the experiments. */
import { escapeHtml } from '../report/html-text.js';
import type { Column } from './text-table.js';

export const htmlTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string => {
  const head = columns.map((column) => `<th>${escapeHtml(column.head)}</th>`).join('');
  const body = rows.map((row) => `<tr>${columns.map((column) => `<td>${escapeHtml(column.cell(row))}</td>`).join('')}</tr>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
};

export const htmlSection = (title: string, parts: readonly string[]): string =>
  `<h2>${escapeHtml(title)}</h2><div class="card">${parts.join('')}</div>`;

export const htmlNote = (text: string): string => `<p class="note">${escapeHtml(text)}</p>`;
