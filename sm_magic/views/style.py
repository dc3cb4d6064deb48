"""The one style sheet of a card.

It is repeated in every output, its selectors reach the whole page, and an untrusted notebook drops it: so it is
small, every selector is prefixed, and nothing depends on it.

Colours are inherited, translucent, or the frontend's own variables, so both themes are followed without asking.
"""

from __future__ import annotations

from typing import Final

from .markup import Markup

# ~ stands for .sm-magic; selectors of two classes win over JupyterLab's rules for bare tables.
_RULES: Final = """
~-card{margin:2px 0 6px;overflow-wrap:anywhere;font-variant-numeric:tabular-nums;
--sm-a:var(--jp-brand-color1,var(--vscode-textLink-foreground,#1976d2));
--sm-m:var(--jp-content-font-color2,inherit);
--sm-l:#8885}
~-card ~-table{margin:0;table-layout:auto;border-collapse:collapse;font-size:12px}
~-card ~-table tbody tr{background:0 0}
~-card caption,~-card figcaption{text-align:left;white-space:nowrap;font-size:11px;padding:2px 0;color:var(--sm-m)}
~-card ~-head,~-head caption{border-left:3px solid var(--sm-a)}
~-card ~-head caption{padding:0 0 4px 10px;font-size:13px;color:inherit;white-space:normal}
~-variant{border:1px solid var(--sm-a);border-radius:9px;padding:0 8px}
~-card ~-facts tr>*{text-align:left;vertical-align:top;padding:1px 14px 1px 10px;border:0;overflow-wrap:anywhere}
~-card ~-head th{font-weight:400;white-space:nowrap}
~-head th,~-json small{color:var(--sm-m)}
~-value{margin-top:10px}
~-card ~-value>*+*{margin-top:8px}
~-value>p{margin:8px 0 4px;font-size:12px}
~-scroll{overflow-x:auto}
~-card ~-grid tr>*{white-space:pre;padding:3px 10px}
~-card ~-grid tbody tr>*{border-top:1px solid var(--sm-l)}
~-card ~-grid ~-words{text-align:left}
~-card ~-grid caption{width:0}
~-card ~-line{white-space:nowrap}
~-bars meter{width:220px}
~-card meter::-webkit-meter-bar{background:var(--sm-l);border:0;height:10px}
~-card meter::-webkit-meter-optimum-value{background:var(--sm-a)}
~-card meter::-moz-meter-bar{background:var(--sm-a)}
~-down{--sm-a:#d60}
~-card ~-value pre{white-space:pre-wrap;word-break:normal;margin:0;padding:0 0 4px}
~-card ~-scroll pre{white-space:pre}
~-card ~-prose pre{border-left:3px solid var(--sm-l);padding-left:8px;margin-top:8px}
~-card mark{background:var(--sm-l);color:inherit;border-bottom:2px solid var(--sm-a)}
~-card ~-strong{border-bottom-width:5px}
~-json{font:12px var(--jp-code-font-family,monospace)}
~-card ~-json ul{list-style:none;margin:0 0 0 4px;padding-left:14px;border-left:1px solid var(--sm-l)}
~-value figure{margin:0}
~-card figure>*{max-width:100%}
~-pixels{image-rendering:pixelated}
~-page{width:100%;height:400px;background:#fff;border:1px solid #8885}
"""
STYLE: Final = Markup(f"<style>{_RULES.replace('~', '.sm-magic').replace(chr(10), '')}</style>")
