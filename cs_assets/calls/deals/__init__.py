"""Deals behind calls: their stages from call to call, and how likely they close."""
