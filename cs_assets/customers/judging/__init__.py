"""How a customer is: health, segment, onboarding, risk, and how right that was."""
