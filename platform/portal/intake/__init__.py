"""Lists as a centre keeps them: read, checked row by row, taken in by the services, and what is wrong given back."""
