"""The fields that the documents of jingdong.pop.order.get name, so that any other is noticed as drift.

A field comes only if it is asked for by ``optional_fields``: ``WANTED`` are those that the mapping reads.
"""

from __future__ import annotations

from nodes.connector.samples import properties_of

_WANTED = """
orderId venderId orderType payType orderTotalPrice orderSellerPrice orderPayment freightPrice sellerDiscount balanceUsed taxFee
serviceFee orderState orderStateRemark deliveryType invoiceInfo invoiceCode vatInfo invoiceEasyInfo orderRemark venderRemark
orderStartTime orderEndTime paymentConfirmTime outBoundDate modified consigneeInfo itemInfoList couponDetailList returnOrder waybill
logisticsId parentOrderId directParentOrderId storeOrder idSopShipmenttype pin open_id_buyer
"""
WANTED = tuple(_WANTED.split())

ORDER_FIELDS = properties_of("jd")
ITEM_FIELDS = properties_of("jd", "$defs", "item")
CONSIGNEE_FIELDS = properties_of("jd", "properties", "consigneeInfo")
