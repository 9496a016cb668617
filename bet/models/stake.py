"""The stake: gains from shares bought and sold, whose they are, how concentrated a fortune is.

Money is in billions of dollars, shares are in millions, prices in dollars. Only arithmetic is
used and nothing is imported, so that the page runs this very file in the browser. The two models
take a mapping with the parameter names of the notebook, so that one can be moved and the rest kept.
"""

# Short names of the parameters, for charts.
LABELS = {
    "share_price_usd": "Tesla price",
    "average_cost_usd": "cost of a Tesla share",
    "shares_bought_m": "Tesla shares bought",
    "sold_2020_22_m": "shares sold 2020-22",
    "sold_2020_22_usd": "sale price 2020-22",
    "shares_left_m": "Tesla shares left",
    "sold_later_usd": "sale price since 2023",
    "spacex_value_usd_bn": "value of SpaceX",
    "spacex_stake_pct": "part of SpaceX held",
    "spacex_cost_usd_bn": "cost of SpaceX stake",
    "xai_value_usd_bn": "value of xAI stake",
    "xai_cost_usd_bn": "cost of xAI stake",
    "own_shares_m": "his Tesla shares",
    "own_tesla_weight": "Tesla in his wealth",
    "own_spacex_weight": "SpaceX in his wealth",
    "fund_weight": "weight in his funds",
}


def holding_gain(bought, cost, sales, price):
    """Return (realised, paper) gain of a holding; ``sales`` are pairs of shares and price."""
    sold = sum(shares for shares, _ in sales)
    if sold > bought + 1e-9:
        raise ValueError(f"{sold:g} million shares sold, {bought:g} bought")
    realised = sum(shares * (paid - cost) for shares, paid in sales) / 1000.0
    return realised, (bought - sold) * (price - cost) / 1000.0


def price_for_gain(target, bought, cost, sales):
    """Return the price at which realised and paper gain together reach ``target``; None if all is sold."""
    realised, _ = holding_gain(bought, cost, sales, cost)
    left = bought - sum(shares for shares, _ in sales)
    return cost + 1000.0 * (target - realised) / left if left > 1e-9 else None


def tesla_sales(p):
    """Return the two blocks of sales: those of 2020 to 2022, and all that is missing since."""
    later = p["shares_bought_m"] - p["sold_2020_22_m"] - p["shares_left_m"]
    return [(p["sold_2020_22_m"], p["sold_2020_22_usd"]), (later, p["sold_later_usd"])]


def firm_gain(p):
    """Return the firm's gain by part: Tesla sold first, sold later and still held, SpaceX, xAI."""
    cost = p["average_cost_usd"]
    blocks = [shares * (paid - cost) / 1000.0 for shares, paid in tesla_sales(p)]
    return {
        "Tesla sold 2020-22": blocks[0],
        "Tesla sold since": blocks[1],
        "Tesla still held": p["shares_left_m"] * (p["share_price_usd"] - cost) / 1000.0,
        "SpaceX": spacex_stake(p) - p["spacex_cost_usd_bn"],
        "xAI": p["xai_value_usd_bn"] - p["xai_cost_usd_bn"],
    }


def firm_total(p):
    """Return the firm's gain in all."""
    return sum(firm_gain(p).values())


def spacex_stake(p):
    """Return the value of the firm's SpaceX stake."""
    return p["spacex_value_usd_bn"] * p["spacex_stake_pct"] / 100.0


def own_wealth(p):
    """Return the fortune behind his own Tesla shares: their value over their weight."""
    return p["own_shares_m"] * p["share_price_usd"] / 1000.0 / p["own_tesla_weight"]


def own_gain(p):
    """Return his own gain by part: Tesla shares, SpaceX shares, both inside his mutual funds.

    SpaceX and the funds are taken to have gained, per dollar of value, what the firm's stakes did.
    """
    fortune = own_wealth(p)
    tesla = 1.0 - p["average_cost_usd"] / p["share_price_usd"]
    spacex = 1.0 - p["spacex_cost_usd_bn"] / spacex_stake(p)
    in_funds = fortune * (1.0 - p["own_tesla_weight"] - p["own_spacex_weight"])
    return {
        "his Tesla shares": fortune * p["own_tesla_weight"] * tesla,
        "his SpaceX shares": fortune * p["own_spacex_weight"] * spacex,
        "inside his mutual funds": in_funds * p["fund_weight"] * (tesla + spacex),
    }


def own_total(p):
    """Return his own gain in all."""
    return sum(own_gain(p).values())


def run(p):
    """Return everything a panel shows for one case, as plain numbers."""
    parts, own = firm_gain(p), own_total(p)
    total = sum(parts.values())
    paper = parts["Tesla still held"] + parts["SpaceX"] + parts["xAI"]
    return {
        "firm_gain": total,
        "own_gain": own,
        "own_share": own / total if total > 0 else None,
        "paper_share": paper / total if total > 0 else None,
    }


def look_through(direct, in_funds, inside):
    """Return a weight with what the funds hold of the same thing: direct + funds x weight inside."""
    return direct + in_funds * inside


def concentration(weights):
    """Return the sum of squared weights (Herfindahl); 1 is a single position."""
    return sum(weight * weight for weight in weights)


def effective_positions(weights):
    """Return how many equal positions would be as concentrated."""
    return 1.0 / concentration(weights)


def swings(model, p, ranges):
    """Return (name, at the low end, at the high end) with one parameter moved, widest first."""
    moved = [
        (n, model(dict(p, **{n: low})), model(dict(p, **{n: high})))
        for n, (low, high) in ranges.items()
    ]
    return sorted(moved, key=lambda row: -abs(row[2] - row[1]))


def value_path(prices, marks, p):
    """Return (day, Tesla, SpaceX, xAI) in billions if the stakes of the article's day are kept.

    ``prices`` are (day, Tesla price over that of the article's day); ``marks`` are (day, SpaceX
    price likewise, whether xAI has become part of the company) in order. Between marks the last
    one stands. xAI keeps its value until it joins, rises then by ``xai_uplift``, and follows
    SpaceX from there.
    """
    start = p["shares_left_m"] * p["share_price_usd"] / 1000.0
    path = []
    for day, tesla in prices:
        known = [mark for mark in marks if mark[0] <= day]
        level = known[-1][1] if known else 1.0
        joined = [mark[1] for mark in known if mark[2]]
        xai = p["xai_value_usd_bn"] * (p["xai_uplift"] * level / joined[0] if joined else 1.0)
        path.append((day, start * tesla, spacex_stake(p) * level, xai))
    return path


def spread(values, gap):
    """Return places for labels: in the order of the values, ``gap`` apart or more, near them."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    places = [float(value) for value in values]
    for rank in range(1, len(order)):
        below = places[order[rank - 1]]
        places[order[rank]] = max(places[order[rank]], below + gap)
    return places
