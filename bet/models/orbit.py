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
    "server_kg_per_w": 1.36 / 120.0,  # a GB200 rack: 1,360 kg for 120 kW
    "array_to_chip": 0.85,  # power at the chip over power at the array: 0.80 to 0.91
    "cell_fading": 0.025,  # power that cells lose each year, share; 0.02 to 0.025
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


def mean_kept(fading, life):
    """Return the mean power of cells over ``life`` years, their first being one, at a yearly loss."""
    if fading == 0:
        return 1.0
    return (1.0 - (1.0 - fading) ** life) / (-math.log(1.0 - fading) * life)


def chip_power(array_power, array_to_chip, fading, life, sunlit=0.985):
    """Return the power that reaches the chips, mean over ``life`` years, of an array's power when new.

    It is lost to the shadow of the Earth, to conversion on the way, and to the ageing of the cells.
    """
    return array_power * sunlit * array_to_chip * mean_kept(fading, life)


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


def relaunch(server_mass, specific_power, life, server_life, rate, year=1.0):
    """Return the mass per power and year that later servers add, as a present annuity.

    Servers that wear out before their satellite are sent up again, mass for mass; a satellite that
    wears out first takes its servers along, and nothing is sent after it. ``server_mass`` is mass
    per power, and never more than the whole satellite's.
    """
    servers = min(server_mass, 1.0 / specific_power)
    lasting = min(server_life, life)
    return servers * (capital_recovery(rate, lasting, year) - capital_recovery(rate, life, year))


def idle_years(ground, servers, server_life, orbit):
    """Return how long bought servers may wait for a site until the ground costs what orbit does.

    Costs are per power and year; waiting shortens the ``server_life`` in which the servers earn.
    Zero where orbit is not dearer to begin with.
    """
    if orbit <= ground + servers:
        return 0.0 * server_life
    return server_life * (1.0 - servers / (orbit - ground))


def scenario(p):
    """Return every headline figure of the orbital chapter for one set of parameters.

    ``p`` maps the names of the parameter registry to numbers; names of ``FIXED`` may stand in it too.
    Power in GW, mass in t, area in km2, money in dollars per watt and year.
    """
    p = dict(FIXED, **p)
    watt = p["orbital_gw_per_year"] * 1e9
    rate, life, per_kg = p["discount_rate"], p["satellite_life_years"], p["specific_power_w_per_kg"]
    spares, server_life = p["orbit_penalty"], p["server_life_years"]
    tonnes = mass(watt, per_kg) / 1e3
    flights = launches(tonnes, p["payload_t"])
    energy = energy_cost(p["ground_usd_per_kwh"] / 1e3, p["site_overhead"])
    ground = ground_cost(
        p["ground_facility_usd_per_w"], p["ground_life_years"], p["ground_usd_per_kwh"] / 1e3,
        p["site_overhead"], rate,
    )  # fmt: skip
    again = spares * relaunch(p["server_kg_per_w"], per_kg, life, server_life, rate)
    orbit = orbit_cost(
        p["launch_usd_per_kg"], p["satellite_usd_per_kg"], per_kg, life, rate, spares
    )
    orbit += again * p["launch_usd_per_kg"]
    servers = p["server_usd_per_w"] * capital_recovery(rate, server_life)
    aloft = spares * p["server_usd_per_w"] * capital_recovery(rate, min(server_life, life))
    # Launch price at which both cost the same: what is left of the ground's bill, over all mass sent up.
    left = ground + servers - aloft
    left -= orbit_cost(0.0, p["satellite_usd_per_kg"], per_kg, life, rate, spares)
    even = left / (orbit_cost(1.0, 0.0, per_kg, life, rate, spares) + again)
    chain = chip_power(1.0, p["array_to_chip"], p["cell_fading"], life, sunlit=1.0)
    array = array_area(watt / chain, p["pv_efficiency"])
    heat = radiator_area(watt / p["array_to_chip"], p["radiator_k"], p["emissivity"])
    return {
        "share_of_us": share(p["orbital_gw_per_year"], p["us_average_power_gw"]),
        "stock_gw": stock(p["orbital_gw_per_year"], p["orbital_years"], p["satellite_life_years"]),
        "mass_t_per_year": tonnes,
        "launches_per_year": flights,
        "launches_per_day": flights / 365.0,
        "array_km2": array / 1e6,
        "radiator_km2": heat / 1e6,
        "energy_usd_per_w_year": energy,
        "ground_usd_per_w_year": ground,
        "orbit_usd_per_w_year": orbit,
        "servers_usd_per_w_year": servers,
        "servers_aloft_usd_per_w_year": aloft,
        "energy_share": energy / (ground + servers),
        "orbit_over_ground": (orbit + aloft) / (ground + servers),
        "allowed_usd_per_kg": even + p["satellite_usd_per_kg"],
        "break_even_usd_per_kg": even,
    }
