// What every page loads: htmx, the keys, the side sheet, search, hints, toasts, edits in place.
// Each module says its contract at its top; every page works without any of them where a form or table is enough.
import "htmx.org";
import * as busy from "./modules/busy.js";
import * as glossary from "./modules/glossary.js";
import * as inlineEdit from "./modules/inline-edit.js";
import * as keys from "./modules/keys.js";
import * as listEdits from "./modules/list-edits.js";
import * as ordering from "./modules/ordering.js";
import * as palette from "./modules/palette.js";
import * as pasting from "./modules/pasting.js";
import * as pickers from "./modules/pickers.js";
import * as requests from "./modules/requests.js";
import * as rows from "./modules/rows.js";
import * as selection from "./modules/selection.js";
import * as sheet from "./modules/sheet.js";
import * as tables from "./modules/tables.js";
import * as tabs from "./modules/tabs.js";
import * as tips from "./modules/tips.js";
import * as toasts from "./modules/toasts.js";

for (const module of [requests, busy, toasts, tips, tables, tabs, pasting, pickers, rows, selection, sheet, palette, inlineEdit, listEdits, keys, glossary, ordering]) module.start();
document.documentElement.classList.add("scripted");
