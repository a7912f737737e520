"""Tools of the checkout (set-up, assets, locks); standard library only, never part of the package."""
