"""The page's HTML and style. It has no script."""

from __future__ import annotations

from typing import Final

PAGE: Final = """\
{% set query = "?lang=" ~ lang %}
<!doctype html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ _("Simulated channel") }}: {{ channel.channel }}</title>
<link rel="stylesheet" href="{{ prefix }}/style.css">
</head>
<body>
<header>
  <h1>{{ _("Simulated channel") }}: {{ channel.channel }}</h1>
  <nav><a href="{{ prefix }}{{ query }}">{{ _("Reload") }}</a>
  {% if lang == "zh" %}<a href="{{ prefix }}?lang=en" lang="en">English</a>
  {%- else %}<a href="{{ prefix }}?lang=zh" lang="zh">中文</a>{% endif %}</nav>
</header>
<main>
<section class="tools">
  <form method="post" action="{{ prefix }}/orders{{ query }}">
    <label for="count">{{ _("New orders") }}</label>
    <input id="count" name="count" type="number" min="1" max="{{ most }}" value="1" required>
    <button>{{ _("Create") }}</button>
  </form>
  <form method="post" action="{{ prefix }}/pushes{{ query }}">
    <label for="fault">{{ _("The next push goes out") }}</label>
    <select id="fault" name="fault">
      {% for fault, name in faults.items() %}<option value="{{ fault }}">{{ _(name) }}</option>{% endfor %}
    </select>
    <button>{{ _("So be it") }}</button>
    <button name="release" value="1" formnovalidate>{{ _("Send what is held back") }}</button>
  </form>
  <form method="post" action="{{ prefix }}/calls{{ query }}">
    <label for="times">{{ _("Calls that fail next") }}</label>
    <input id="times" name="times" type="number" min="1" max="{{ most }}" value="1" required>
    <button>{{ _("So be it") }}</button>
  </form>
</section>
<section>
  <h2>{{ _("Behaviour") }}</h2>
  <form method="post" action="{{ prefix }}/behaviour{{ query }}">
    {% for name, title, value, step in [
      ("calls", _("Calls that are taken (0: any number)"), how.calls, "1"), ("seconds", _("in so many seconds"), how.seconds, "any"),
      ("clock", _("Its clock is ahead by seconds"), how.clock, "any"), ("doubled", _("Pushes twice, %"), how.shares.doubled or 0, "any"),
      ("lost", _("Pushes never, %"), how.shares.lost or 0, "any"), ("late", _("Pushes late, %"), how.shares.late or 0, "any"),
      ("forged", _("Pushes first with a wrong signature, %"), how.shares.forged or 0, "any")] %}
    {% if name != "forged" or channel.pusher.forgeable %}
    <span class="field"><label for="{{ name }}">{{ title }}</label>
    <input id="{{ name }}" name="{{ name }}" type="number" min="{{ limits[name][0] }}" max="{{ limits[name][1] }}" step="{{ step }}"
      value="{{ "%g" | format(value) }}" required></span>
    {% endif %}
    {% endfor %}
    <button>{{ _("So be it") }}</button>
  </form>
</section>
<section>
  <h2>{{ _("Orders") }} ({{ count }})</h2>
  {% if orders %}
  <div class="wide"><table>
    <thead><tr><th scope="col">{{ _("Order number") }}</th><th scope="col">{{ _("State") }}</th>
      <th scope="col">{{ _("Changed") }}</th><th scope="col">{{ _("Becomes") }}</th></tr></thead>
    <tbody>
    {% for order, changed, next in orders %}
    <tr><td><code>{{ order.id }}</code></td><td><code>{{ order.state }}</code></td><td>{{ changed }}</td>
      <td><form method="post" action="{{ prefix }}/orders/{{ order.id|urlencode }}/state{{ query }}">
        {% for state in next %}<button name="state" value="{{ state }}">{{ state }}</button>{% endfor %}
        <button name="state" value="{{ order.state }}">{{ _("A new version") }}</button>
      </form></td></tr>
    {% endfor %}
    </tbody>
  </table></div>
  {% else %}<p>{{ _("There is no order yet.") }}</p>{% endif %}
</section>
<section>
  <h2>{{ _("Goods on sale") }} ({{ offered }})</h2>
  {% if offers %}
  <div class="wide"><table class="goods">
    <thead><tr><th scope="col">SKU</th><th scope="col">{{ _("In stock") }}</th><th scope="col">{{ _("Price") }}</th></tr></thead>
    <tbody>
    {% for one in offers %}
    <tr><td><code>{{ one.sku }}</code></td>
      <td>{% if one.quantity is none %}{{ _("not counted") }}{% else %}{{ one.quantity }}{% endif %}</td>
      <td>{{ one.price or "–" }}</td></tr>
    {% endfor %}
    </tbody>
  </table></div>
  {% else %}<p>{{ _("Nothing is on sale.") }}</p>{% endif %}
</section>
<section>
  <h2>{{ _("Pushes") }}</h2>
  {% if channel.pusher.to %}<p>{{ _("They go to {url}.", url=channel.pusher.to) }}</p>
  {% elif not channel.pusher.forgeable %}<p>{{ _("They go to whoever listens, once the shop has permitted its messages.") }}</p>
  {% else %}<p>{{ _("They go nowhere: start with --push-to.") }}</p>{% endif %}
  {% if sent %}<ul>{% for push in sent %}
    <li><code>{{ push.order_id }}</code> {{ push.status or "–" }} {% if push.fault %}{{ _(faults[push.fault]) }}{% endif %}</li>
  {% endfor %}</ul>{% endif %}
</section>
<section>
  <h2>{{ _("Connection") }}</h2>
  <pre><code>{{ connection }}</code></pre>
</section>
</main>
</body>
</html>
"""

STYLE: Final = """\
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { margin: 0; }
header { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline; justify-content: space-between; padding: 1rem 1.5rem;
  border-block-end: 1px solid var(--line); }
h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
nav { display: flex; gap: 1rem; }
main { display: grid; gap: 1.5rem; padding: 1.5rem; max-inline-size: 80rem; }
section { min-inline-size: 0; }
.tools { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.field { display: inline-flex; gap: .5rem; align-items: center; margin-inline-end: 1rem; }
.field input { inline-size: 6rem; }
input, select, button { font: inherit; padding: .25rem .6rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { text-align: start; padding: .4rem .8rem .4rem 0; border-block-end: 1px solid var(--line); vertical-align: top; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); }
"""
