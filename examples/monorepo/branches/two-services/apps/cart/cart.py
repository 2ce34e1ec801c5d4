"""The cart: articles and how many of each."""


def add(cart: dict[str, int], article: str, count: int = 1) -> dict[str, int]:
    """Return the cart with more of an article."""
    if count < 1:
        raise ValueError("count must be at least 1")
    return {**cart, article: cart.get(article, 0) + count}


def count(cart: dict[str, int]) -> int:
    """Return how many articles are in the cart."""
    return sum(cart.values())
