namespace Orders;

/// <summary>What the API is asked to do.</summary>
public class OrderRequest
{
    /// <summary>create, get, update, delete, list, byStatus, import, total, scan, document or model.</summary>
    public string Operation { get; set; } = "";

    public Order? Order { get; set; }

    public List<Order>? Orders { get; set; }

    /// <summary>Items per page of listing operations.</summary>
    public int PageSize { get; set; } = 10;
}
