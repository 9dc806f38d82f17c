from incidents.admin import contacts, incidents, pages, policies, reviews, schedules

__all__ = ["contacts", "incidents", "pages", "policies", "reviews", "schedules"]
