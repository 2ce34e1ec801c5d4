export interface Address {
  name: string;
  street: string;
  postcode?: string;
  city: string;
  country: string;
}

/** problems lists what a customer has to correct, in the order of the form. */
export function problems(address: Address): string[] {
  const found: string[] = [];
  if (address.name.trim() === "") found.push("name");
  if (address.street.trim() === "") found.push("street");
  if (!address.postcode) found.push("postcode");
  if (address.city.trim() === "") found.push("city");
  return found;
}
