export interface Address {
  name: string;
  street: string;
  postcode?: string;
  city: string;
  country: string;
}

const withoutPostcode = new Set(["IE", "HK", "AE"]);

/** problems lists what a customer has to correct, in the order of the form. */
export function problems(address: Address): string[] {
  const found: string[] = [];
  if (address.name.trim() === "") found.push("name");
  if (address.street.trim() === "") found.push("street");
  if (!address.postcode && !withoutPostcode.has(address.country)) found.push("postcode");
  if (address.city.trim() === "") found.push("city");
  return found;
}
