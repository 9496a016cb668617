"""Power and computing in orbit: mass, launches, areas and cost, in closed form.

Only ``math`` is imported and nothing but arithmetic is done, so the page runs this very file in the
browser, numpy arrays pass where the operators allow it, and quantities with units (pint) pass
unchanged: a watt added to a kilogram is refused. Plain numbers must come in one coherent set of units.
"""

import math

SUN = 1361.0  # W/m2, sunlight at one astronomical unit
SIGMA = 5.670374419e-8  # W/m2/K4, Stefan-Boltzmann constant
HOURS = 8760.0  # in a year of 365 days
# Inputs of ``scenario`` that readers seldom move; each is listed with its source in data/tables.
FIXED = {
    "pv_efficiency": 0.30,  # triple-junction cells; silicon satellites have 0.22
    "emissivity": 0.90,
    "ground_life_years": 14.0,  # Epoch AI
    "site_overhead": 1.15,  # site power over computing power; Google: 1.09 to 1.4
    "server_usd_per_w": 20.0,  # Bernstein: 35 dollars a watt in all, 3.4 of 5.9 parts computing
    "server_life_years": 5.0,  # Epoch AI
}


def share(part, whole):
    """Return a part of a whole as a ratio."""
    return part / whole


def average_power(energy, hours=HOURS):
    """Return the constant power that gives an energy in so many hours."""
    return energy / hours


def stock(rate, years, life):
    """Return the capacity at work after ``years`` of building ``rate`` a year that lasts ``life``."""
    return rate * min(years, life)


def mass(power, specific_power):
    """Return the mass that carries a power at a power per mass."""
    return power / specific_power


def launches(total_mass, payload):
    """Return how many launches a mass takes."""
    return total_mass / payload


def array_area(power, efficiency, irradiance=SUN, packing=0.9, sunlit=0.985):
    """Return the solar array for an average power: cells cover ``packing`` of it, lit ``sunlit``."""
    return power / (irradiance * efficiency * packing * sunlit)


def radiator_area(heat, temperature, emissivity=0.9, sides=2, sigma=SIGMA):
    """Return the panel that sheds a heat flow to empty space (Stefan-Boltzmann, no sunlight on it)."""
    return heat / (sides * emissivity * sigma * temperature**4)


def radiator_temperature(heat_per_area, emissivity=0.9, sides=2, sigma=SIGMA):
    """Return how hot a panel must be to shed a heat flow per panel area."""
    return (heat_per_area / (sides * emissivity * sigma)) ** 0.25


def specific_mass(array_power_per_mass, radiator_per_area, area_per_power, server, other=0.0):
    """Return the mass per power of a satellite added up from its parts."""
    return 1.0 / array_power_per_mass + radiator_per_area * area_per_power + server + other


def watts_per_kg(array_w_per_kg, panel_kg_per_m2, panel_m2_per_kw, rack_kg_per_kw):
    """Return the watts a kilogram of satellite carries, from its parts in the units of their names."""
    kg_per_kw = specific_mass(
        array_w_per_kg / 1e3, panel_kg_per_m2, panel_m2_per_kw, rack_kg_per_kw
    )
    return 1e3 / kg_per_kw


def capital_recovery(rate, life, year=1.0):
    """Return the yearly payment that pays back one over ``life`` at an interest ``rate`` a year (annuity).

    ``year`` is one year in the unit of ``life``.
    """
    if rate == 0:
        return 1.0 / life
    return rate / (1.0 - (1.0 + rate) ** (-life / year)) / year


def energy_cost(price, overhead, hours=HOURS):
    """Return the yearly energy bill per power of computing; ``overhead`` is site power over it."""
    return price * overhead * hours


def ground_cost(facility, facility_life, price, overhead, rate, hours=HOURS, year=1.0):
    """Return the yearly cost per power of a site and its energy on the ground, servers apart."""
    return facility * capital_recovery(rate, facility_life, year) + energy_cost(
        price, overhead, hours
    )


def orbit_cost(launch_price, build_price, specific_power, life, rate, penalty=1.0, year=1.0):
    """Return the yearly cost per power of satellite and launch, servers apart.

    ``penalty`` multiplies all that is launched: spares for what fails and cannot be repaired.
    """
    per_kilogram = penalty * (launch_price + build_price)
    return per_kilogram / specific_power * capital_recovery(rate, life, year)


def allowance(ground, specific_power, life, rate, penalty=1.0, year=1.0):
    """Return what a kilogram may cost, built and launched, for orbit to equal the ground."""
    return ground * specific_power / (penalty * capital_recovery(rate, life, year))


def growth_years(now, goal, factor):
    """Return the years to grow from ``now`` to ``goal`` at a yearly factor."""
    return math.log(goal / now) / math.log(factor)


def scenario(p):
    """Return every headline figure of the orbital chapter for one set of parameters.

    ``p`` maps the names of the parameter registry to numbers; names of ``FIXED`` may stand in it too.
    Power in GW, mass in t, area in km2, money in dollars per watt and year.
    """
    p = dict(FIXED, **p)
    watt = p["orbital_gw_per_year"] * 1e9
    tonnes = mass(watt, p["specific_power_w_per_kg"]) / 1e3
    flights = launches(tonnes, p["payload_t"])
    energy = energy_cost(p["ground_usd_per_kwh"] / 1e3, p["site_overhead"])
    ground = ground_cost(
        p["ground_facility_usd_per_w"], p["ground_life_years"], p["ground_usd_per_kwh"] / 1e3,
        p["site_overhead"], p["discount_rate"],
    )  # fmt: skip
    orbit = orbit_cost(
        p["launch_usd_per_kg"], p["satellite_usd_per_kg"], p["specific_power_w_per_kg"],
        p["satellite_life_years"], p["discount_rate"], p["orbit_penalty"],
    )  # fmt: skip
    servers = p["server_usd_per_w"] * capital_recovery(p["discount_rate"], p["server_life_years"])
    allowed = allowance(
        ground, p["specific_power_w_per_kg"], p["satellite_life_years"],
        p["discount_rate"], p["orbit_penalty"],
    )  # fmt: skip
    heat = radiator_area(watt, p["radiator_k"], p["emissivity"])
    return {
        "share_of_us": share(p["orbital_gw_per_year"], p["us_average_power_gw"]),
        "stock_gw": stock(p["orbital_gw_per_year"], p["orbital_years"], p["satellite_life_years"]),
        "mass_t_per_year": tonnes,
        "launches_per_year": flights,
        "launches_per_day": flights / 365.0,
        "array_km2": array_area(watt, p["pv_efficiency"]) / 1e6,
        "radiator_km2": heat / 1e6,
        "energy_usd_per_w_year": energy,
        "ground_usd_per_w_year": ground,
        "orbit_usd_per_w_year": orbit,
        "servers_usd_per_w_year": servers,
        "energy_share": energy / (ground + servers),
        "orbit_over_ground": (orbit + servers) / (ground + servers),
        "allowed_usd_per_kg": allowed,
        "break_even_usd_per_kg": allowed - p["satellite_usd_per_kg"],
    }
